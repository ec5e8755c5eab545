# Fits lme4 to the four reference models from their files of rows and prints them next to lme4.json.
# Usage: Rscript lme4_reference.R FOLDER   (the folder of rows_table2.csv.gz, rows_disappearances.csv.gz, lme4.json)
suppressPackageStartupMessages({library(lme4); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
recorded <- fromJSON(file.path(folder, "lme4.json"))$models
terms <- c("duration", "year", "log_gdp", "iccpr", "civil_war", "delegation", "human_rights_igo", "members",
           "d_igo_mean")
models <- list("table2/lag" = c("rows_table2.csv.gz", "distance_lag"),
               "table2/same" = c("rows_table2.csv.gz", "distance"),
               "table2/lead" = c("rows_table2.csv.gz", "distance_lead"),
               "table3/disappearances/lag" = c("rows_disappearances.csv.gz", "distance_lag"))
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
for (name in names(models)) {
  outcome <- models[[name]][2]
  rows <- read.csv(file.path(folder, models[[name]][1]))
  rows <- rows[!is.na(rows[[outcome]]), ]
  for (column in c("year", "log_gdp", "delegation", "members")) rows[[column]] <- as.vector(scale(rows[[column]]))
  fit <- lmer(as.formula(sprintf("%s ~ %s + (1 + duration | case)", outcome, paste(terms, collapse = " + "))),
              rows, REML = TRUE, control = control)
  gap <- max(abs(fixef(fit) - unlist(recorded[[name]]$coef)))
  cat(sprintf("%-28s rows %d  llf %.4f (recorded %.4f)  largest difference of a coefficient %.1e\n",
              name, nobs(fit), as.numeric(logLik(fit)), recorded[[name]]$llf, gap))
}
