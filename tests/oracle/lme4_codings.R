# Fits lme4 to the estimation samples written by codings.py and records the best optimum of two optimizers.
# Usage: Rscript lme4_codings.R FOLDER OUTPUT.json
suppressPackageStartupMessages({library(lme4); library(jsonlite)})
args <- commandArgs(trailingOnly = TRUE)
controls <- list(
  lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE),
  lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE,
              optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-12, xtol_rel = 1e-12, ftol_rel = 1e-15, maxeval = 1e5)))
results <- list()
for (file in sort(list.files(args[1], pattern = "[.]csv$"))) {
  rows <- read.csv(file.path(args[1], file))
  terms <- setdiff(names(rows), c("case", "igo", "state", "outcome"))
  formula <- as.formula(sprintf("outcome ~ %s + (1 + duration | case)", paste(terms, collapse = " + ")))
  fits <- lapply(controls, function(control) lmer(formula, rows, REML = TRUE, control = control))
  fit <- fits[[which.max(sapply(fits, function(one) as.numeric(logLik(one))))]]
  name <- gsub("+", "/", sub("[.]csv$", "", file), fixed = TRUE)
  coef <- fixef(fit); se <- sqrt(diag(as.matrix(vcov(fit))))
  names(coef)[1] <- "intercept"
  results[[name]] <- list(nobs = nobs(fit), groups = as.numeric(ngrps(fit)), llf = as.numeric(logLik(fit)),
                          coef = as.list(coef), se = as.list(setNames(se, names(coef))),
                          cov_re = unname(matrix(VarCorr(fit)[[1]], 2)), scale = sigma(fit)^2)
}
made_with <- sprintf("%s, lme4 %s, REML", R.version.string, packageVersion("lme4"))
write(toJSON(list(made_with = made_with, models = results), auto_unbox = TRUE, digits = 10, pretty = 1), args[2])
