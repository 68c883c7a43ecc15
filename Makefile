# Everything here is one command of launch/, plain Python that needs nothing installed.
# Make hands PORT, ARGS, CMD, PHASE on by the environment. `exec` lets signals reach the program, not a shell.
PYTHON ?= python3
LAUNCH = exec $(PYTHON) -m launch

.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench look manage clean
export PORT ARGS CMD PHASE

help:  ## List what there is.
	@$(LAUNCH) help
setup:  ## Set everything up without serving: the Python environment in .venv, packages, translations.
	@$(LAUNCH) setup
run:  ## Set up and serve the portal with sample data at http://127.0.0.1:8000 (PORT=8001 for another port).
	@$(LAUNCH) run
test:  ## Set up and run all tests (ARGS="-k loans" narrows, PHASE=browser picks one phase).
	@$(LAUNCH) test
check:  ## The formatters' and linters' verdict, floors, migrations, deployment and size budget.
	@$(LAUNCH) check
fix:  ## Format everything and mend what linters can mend.
	@$(LAUNCH) fix
bench:  ## Benchmarks, printed as a table of ratios and written as JSON.
	@$(LAUNCH) bench
look:  ## Every journey in both languages and sizes, with and without JavaScript, as pictures to look at.
	@$(LAUNCH) look
manage:  ## A command of manage.py beside the services: make manage CMD="shell".
	@$(LAUNCH) manage
clean:  ## Remove the Python environment and all data of this checkout.
	@$(LAUNCH) clean
