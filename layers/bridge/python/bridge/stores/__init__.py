"""DynamoDB, S3, KMS, Step Functions and Lambda behind the ports; the only room that knows boto3."""
