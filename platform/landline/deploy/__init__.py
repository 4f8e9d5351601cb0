"""What deploying an estate needs beside the program: the steps that no stack of Pulumi's can take."""
