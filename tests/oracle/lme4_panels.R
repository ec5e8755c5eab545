# Fits lme4 to every panel written by panels.py and records the best optimum of several optimizers.
# Usage: Rscript lme4_panels.R FOLDER OUTPUT.json
suppressPackageStartupMessages({library(lme4); library(jsonlite)})
args <- commandArgs(trailingOnly = TRUE)
folder <- args[1]
quiet <- list(check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore", check.nlev.gtr.1 = "ignore",
              check.scaleX = "ignore", check.conv.grad = "ignore", check.conv.hess = "ignore",
              check.conv.singular = "ignore", calc.derivs = FALSE)
controls <- list(
  default = do.call(lmerControl, quiet),
  bobyqa = do.call(lmerControl, c(list(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5)), quiet)),
  nloptwrap = do.call(lmerControl, c(list(optimizer = "nloptwrap",
    optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-12, xtol_rel = 1e-12, ftol_rel = 1e-15, maxeval = 1e5)), quiet)),
  Nelder_Mead = do.call(lmerControl, c(list(optimizer = "Nelder_Mead",
    optCtrl = list(maxfun = 1e5, FtolAbs = 1e-12, FtolRel = 1e-15, XtolRel = 1e-12)), quiet))
)

record <- function(fit, first, tried) {
  list(llf = as.numeric(logLik(fit)), nobs = nobs(fit), groups = as.numeric(ngrps(fit)),
       aic = AIC(fit), bic = BIC(fit), coef = unname(fixef(fit)), se = unname(sqrt(diag(as.matrix(vcov(fit))))),
       cov_re = unname(matrix(VarCorr(fit)[[1]], 2)), scale = sigma(fit)^2, singular = isSingular(fit),
       default_llf = first, llf_by_optimizer = tried)
}

fit_best <- function(formula, rows) {
  best <- NULL
  tried <- list()
  for (name in names(controls)) for (start in list(NULL, c(1, 0, 0.1), c(0.1, 0, 1))) {
    fit <- suppressWarnings(suppressMessages(tryCatch(
      lmer(formula, rows, REML = TRUE, control = controls[[name]], start = start), error = function(e) NULL)))
    if (is.null(fit)) next
    # Restarting from where an optimizer stopped takes it past premature stops.
    again <- suppressWarnings(suppressMessages(tryCatch(
      lmer(formula, rows, REML = TRUE, control = controls[["bobyqa"]], start = getME(fit, "theta")),
      error = function(e) fit)))
    value <- as.numeric(logLik(fit))
    if (is.null(start)) tried[[name]] <- value
    for (candidate in list(fit, again))
      if (is.null(best) || logLik(candidate) > logLik(best)) best <- candidate
  }
  record(best, tried[["default"]], tried)
}

panels <- fromJSON(file.path(folder, "panels.json"), simplifyVector = FALSE)
results <- list()
for (name in names(panels)) {
  rows <- read.csv(file.path(folder, paste0(name, ".csv")))
  fixed <- paste(c("1", unlist(panels[[name]]$terms)), collapse = " + ")
  slope <- panels[[name]]$slope
  results[[name]] <- fit_best(as.formula(sprintf("y ~ %s + (1 + %s | g)", fixed, slope)), rows)
}
made_with <- sprintf("%s, lme4 %s, REML", R.version.string, packageVersion("lme4"))
write(toJSON(list(made_with = made_with, panels = results), auto_unbox = TRUE, digits = 15, pretty = 1), args[2])
