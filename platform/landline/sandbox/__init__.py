"""An estate without an AWS account: moto, a model of what moto lacks, and programs run against both."""
