"""The pages of télétransmission: board, a claim's sheet, departures, returns, settings, paper."""
