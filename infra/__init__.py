"""CDK stacks, the local runner and the command line: everything that starts or describes the house."""
