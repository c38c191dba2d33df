"""What a plan shows about supply: gaps, scarce leaders, what more days would bring, who carries how much."""
