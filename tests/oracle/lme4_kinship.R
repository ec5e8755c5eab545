# Fits lme4 to the panels written by kinship.py, with state and IGO beside the case, and records them together with
# clubSandwich's CR2 and degrees of freedom on the fit without state and IGO.
# Usage: Rscript lme4_kinship.R FOLDER OUTPUT.json
suppressPackageStartupMessages({library(lme4); library(clubSandwich); library(jsonlite)})
args <- commandArgs(trailingOnly = TRUE)
quiet <- list(calc.derivs = FALSE, check.conv.singular = "ignore", check.scaleX = "ignore")
controls <- list(
  do.call(lmerControl, c(list(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5)), quiet)),
  do.call(lmerControl, c(list(optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-12,
    xtol_rel = 1e-12, ftol_rel = 1e-15, maxeval = 1e5)), quiet)))
best <- function(formula, rows) {
  fits <- lapply(controls, function(control) lmer(as.formula(formula), rows, REML = TRUE, control = control))
  fits[[which.max(sapply(fits, function(one) as.numeric(logLik(one))))]]
}
record <- function(fit) list(
  llf = as.numeric(logLik(fit)), coef = unname(fixef(fit)), se = unname(sqrt(diag(as.matrix(vcov(fit))))),
  scale = sigma(fit)^2, cov_re = lapply(VarCorr(fit), function(one) unname(matrix(one, nrow(one)))))
corrected <- function(fit, by) {
  v <- vcovCR(fit, cluster = by, type = "CR2")
  tested <- coef_test(fit, vcov = v, test = "Satterthwaite")
  list(vcov = unname(matrix(v, nrow(v))), df = tested$df_Satt)
}
results <- list()
for (name in c("crossed", "few", "table2")) {
  rows <- read.csv(file.path(args[1], paste0(name, ".csv")))
  slope <- if (name == "table2") "duration" else "t"
  terms <- paste(setdiff(names(rows), c("case", "igo", "state", "region", "outcome")), collapse = " + ")
  if (name == "crossed") terms <- "t + x1"
  alone <- sprintf("outcome ~ %s + (1 + %s | case)", terms, slope)
  fit <- best(alone, rows)
  one <- list(alone = record(fit), CR2 = list(state = corrected(fit, rows$state)),
              intercepts = record(best(paste(alone, "+ (1 | state) + (1 | igo)"), rows)),
              slopes = record(best(sprintf("%s + (1 + %s | state) + (1 | igo)", alone, slope), rows)))
  results[[name]] <- one
}
made_with <- sprintf("%s, lme4 %s, clubSandwich %s, REML", R.version.string, packageVersion("lme4"),
                     packageVersion("clubSandwich"))
write(toJSON(list(made_with = made_with, panels = results), auto_unbox = TRUE, digits = 12, pretty = 1), args[2])
