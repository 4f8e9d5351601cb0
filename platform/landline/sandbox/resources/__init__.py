"""The resource table: what a Pulumi resource type means in boto3 calls, one AWS noun family a file."""
