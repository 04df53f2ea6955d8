"""What leaves the house on paper or as a file: plain values in, bytes out, no database."""
