# Shorthand only: everything here is one command that can be typed without make.

set_up = root="$(CURDIR)"; . .ci/setup.sh; set_up dev; PATH="$$venv/bin:$$PATH"

.PHONY: check format snapshots samples bench rule-pages settings-page columns-page

check: # everything CI checks
	@sh .ci/test

format: # lays out the code and mends what can be mended without thought
	@$(set_up); ruff check --fix-only --quiet; ruff format

snapshots: # takes the screens as they are now for the expected ones; look at the difference before committing it
	@sh .ci/test --snapshot-update tests/tui

samples: # records the sample captures anew from real kernels (Linux, as root)
	@$(set_up); python -m sample_captures.lab

bench: # measures speed; nothing asserts it
	@$(set_up); python -m tests.benchmarks

rule-pages: # writes the rules' pages from the rules
	@$(set_up); python docs/make_rule_pages.py

settings-page: # writes docs/settings.md from the table of settings and the keys
	@$(set_up); python docs/make_settings_page.py

columns-page: # writes docs/columns.md from the table of the data frames' columns
	@$(set_up); python docs/make_columns_page.py
