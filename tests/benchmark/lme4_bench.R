# Times lme4 on the benchmark's rows. Usage: Rscript lme4_bench.R ROWS.csv PICKS.csv
# PICKS.csv: a column of states per bootstrap draw. Prints one line of JSON.
suppressPackageStartupMessages({library(lme4); library(jsonlite)})
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
fixed <- setdiff(names(rows), c("case", "state", "igo", "outcome"))
formula <- as.formula(sprintf("outcome ~ %s + (1 + duration | case)", paste(fixed, collapse = " + ")))
seconds <- function(run) unname(system.time(run())["elapsed"])
fit <- NULL
once <- seconds(function() fit <<- suppressWarnings(lmer(formula, rows, REML = TRUE)))
refits <- numeric(0)
if (length(args) > 1) {
  by_state <- split(rows, rows$state)
  for (pick in read.csv(args[2], colClasses = "character")) {
    # A state drawn twice stands for twice as many cases: each copy gets its own.
    drawn <- do.call(rbind, lapply(seq_along(pick), function(k) {
      part <- by_state[[pick[k]]]
      part$case <- paste(part$case, k)
      part
    }))
    refits <- c(refits, seconds(function() suppressWarnings(lmer(formula, drawn, REML = TRUE))))
  }
}
peak <- sub("VmHWM:\\s*(\\d+) kB", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))
cat(toJSON(list(fit = once, llf = as.numeric(logLik(fit)), refits = refits, peak_mb = as.numeric(peak) / 1024,
  version = sprintf("lme4 %s, R %s", packageVersion("lme4"), getRversion())), auto_unbox = TRUE, digits = 10), "\n")
