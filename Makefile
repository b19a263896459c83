# Every command lives in ./dev; `make check` is `./dev check`.
commands := demo test lint format types docs generate self static check tidy benchmark

.PHONY: $(commands)
$(commands):
	@./dev $@
