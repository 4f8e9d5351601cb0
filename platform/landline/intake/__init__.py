"""The hub's own server: takes what spokes send, stamps it with who sent it, and hands it to AWS.

It listens behind the front alone, which says from which endpoint a request came. Parsing, stamping and
batching are pure; the edges are `server` (HTTP), `roster_source` (EC2, Systems Manager) and `firehose`.
"""
