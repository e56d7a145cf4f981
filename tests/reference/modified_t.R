# Reference values of the modified t test of Dutilleul (1993), in plain R with whole matrices; no code shared with kkbgeo.
# Run: python tests/reference/make_inputs.py && Rscript tests/reference/modified_t.R        (Debian: r-base r-cran-jsonlite)
# Reads kalimantan_values.csv and kalimantan_points.csv; writes modified_t.json.
suppressPackageStartupMessages(library(jsonlite))
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
values <- read.csv(file.path(here, "kalimantan_values.csv"), colClasses = c(code = "character"))
points <- read.csv(file.path(here, "kalimantan_points.csv"), colClasses = c(code = "character"))
both <- merge(values, points, by = "code")
both <- both[!is.na(both$first) & !is.na(both$second), ]

haversine <- function(lon, lat) {
  radians <- pi / 180
  outer(seq_along(lon), seq_along(lon), Vectorize(function(i, j) {
    a <- sin((lat[j] - lat[i]) * radians / 2)^2 +
      cos(lat[i] * radians) * cos(lat[j] * radians) * sin((lon[j] - lon[i]) * radians / 2)^2
    2 * 6371.0088 * asin(min(1, sqrt(a)))
  }))
}

modified <- function(x, y, away, k) {
  n <- length(x)
  class <- matrix(as.integer(cut(away, seq(0, max(away), length.out = k + 1), include.lowest = TRUE)), n)
  diag(class) <- 0
  likeness <- function(v) {
    z <- v - mean(v)
    moran <- sapply(1:k, function(one) {
      b <- 1 * (class == one)
      if (sum(b) == 0) 0 else n / sum(b) * sum(b * outer(z, z)) / sum(z^2)
    })
    found <- matrix(c(1, moran)[class + 1], n)
    found
  }
  centre <- diag(n) - matrix(1 / n, n, n)
  trace <- function(m) sum(diag(m))
  a <- centre %*% likeness(x); b <- centre %*% likeness(y)
  size <- min(max(1 + trace(a) * trace(b) / trace(a %*% b), 3), n)
  r <- cor(x, y)
  statistic <- r * sqrt((size - 2) / (1 - r^2))
  list(areas = n, correlation = r, effective_areas = size, t = statistic,
       p = 2 * pt(-abs(statistic), size - 2), p_naive = cor.test(x, y)$p.value)
}

away <- haversine(both$longitude, both$latitude)
found <- list()
for (k in c(5, 10, 13)) {
  found[[paste0("pearson-", k)]] <- modified(both$first, both$second, away, k)
  found[[paste0("spearman-", k)]] <- modified(rank(both$first), rank(both$second), away, k)
}
found$versions <- list(R = R.version.string)
write_json(found, file.path(here, "modified_t.json"), auto_unbox = TRUE, digits = 12, pretty = TRUE)
