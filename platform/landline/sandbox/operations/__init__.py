"""AWS operations that moto lacks, or answers too kindly: one noun a file, each giving its patches of moto."""
