"""An estate without an AWS account: moto, a model of what moto lacks, and Pulumi's programs run against both."""
