"""How quick and how light the portal is: ratios to floors of the same run, bytes in a real browser, and starts.

`make bench` measures all; `make bench ARGS="--only pages --case /desk/ --profile"` one page, with where its time goes.
"""
