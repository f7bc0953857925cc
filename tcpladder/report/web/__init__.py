"""What browsers show of a report: ladders as SVG, and the HTML page around them."""
