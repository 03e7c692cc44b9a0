"""What comes back: bounces and complaints, told apart by a signed return address."""
