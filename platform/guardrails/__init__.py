"""A Pulumi policy pack with the floor that Landline's prover holds, for teams that run plain `pulumi up`."""
