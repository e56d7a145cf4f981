# Reference values by R's spdep, an implementation that shares no code with kkbgeo.
# Run: python tests/reference/make_inputs.py && Rscript tests/reference/spdep.R     (Debian: r-cran-spdep r-cran-sf r-cran-jsonlite)
# Reads kalimantan_*.csv; writes values and links of the textbook data sets of spData and sf, and spdep.json.
suppressPackageStartupMessages({library(spdep); library(sf); library(jsonlite)})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
path <- function(name) file.path(here, name)

nb_of <- function(codes, links) {
  found <- lapply(codes, function(code) sort(match(links$neighbour[links$focal == code], codes)))
  found <- lapply(found, function(one) if (length(one)) as.integer(one) else 0L)
  structure(found, class = "nb", region.id = codes)
}

# What spdep's user would do about missing figures and islands: subset, then subset again.
sample_of <- function(nb, known) {
  repeat {
    nb <- subset(nb, known)
    known <- card(nb) > 0
    if (all(known)) return(nb)
  }
}

# spdep 1.2-7 draws the neighbours of a conditional permutation with replacement (see localmoran_perm), which is no
# permutation; so this is done here in plain R: the area stays, its neighbours are drawn from the others without it.
local_p <- function(x, nb, nsim) {
  draws <- lapply(seq_len(max(card(nb))), function(k) matrix(replicate(nsim, sample.int(length(x) - 1, k)), nrow = k))
  sapply(seq_along(nb), function(i) {
    around <- nb[[i]]
    picked <- draws[[length(around)]]
    drawn <- colMeans(matrix(x[-i][picked], nrow = length(around)))
    seen <- mean(x[around])
    tail <- min(sum(drawn >= seen - 1e-9), sum(drawn <= seen + 1e-9))
    min(1, 2 * (tail + 1) / (nsim + 1))
  })
}

case <- function(codes, nb, first, second, class) {
  names(first) <- names(second) <- names(class) <- codes
  nb1 <- sample_of(nb, !is.na(first))
  ids <- attr(nb1, "region.id"); x <- unname(first[ids]); n <- length(x)
  W <- nb2listw(nb1, style = "W"); B <- nb2listw(nb1, style = "B"); S <- nb2listw(include.self(nb1), style = "B")
  mt <- moran.test(x, W, randomisation = TRUE); gt <- geary.test(x, W, randomisation = TRUE)
  gg <- globalG.test(x, B)
  set.seed(1); mc <- moran.mc(x, W, nsim = 9999)
  set.seed(1); lp <- local_p(x, nb1, 4999)
  jc <- joincount.multi(factor(class[ids], levels = c("a", "b", "c", "d")), B)
  out <- list(
    codes = ids, n = n,
    moran = unname(mt$estimate), geary = unname(gt$estimate), g = unname(gg$estimate),
    moran_mc_p_upper = mc$p.value,
    local_moran = unname(localmoran(x, W)[, "Ii"]),
    local_p = lp,
    gi = as.numeric(localG(x, B)), gi_star = as.numeric(localG(x, S)),
    joins = list(name = rownames(jc), count = unname(jc[, "Joincount"]), expected = unname(jc[, "Expected"]),
                 variance = unname(jc[, "Variance"])))
  nb2 <- sample_of(nb, !is.na(first) & !is.na(second))
  ids2 <- attr(nb2, "region.id")
  out$lee_n <- length(ids2)
  out$lee <- lee(unname(first[ids2]), unname(second[ids2]), nb2listw(nb2, style = "W"), length(ids2))$L
  zx <- scale(first[ids2])[, 1]; zy <- scale(second[ids2])[, 1]
  out$bivariate <- sum(zx * lag.listw(nb2listw(nb2, style = "W"), zy)) / sum(zx^2)
  out
}

write_inputs <- function(name, nb, first, second) {
  codes <- sprintf("%03d", seq_along(nb))
  cuts <- quantile(first, c(0, .25, .5, .75, 1))
  class <- as.character(cut(first, cuts, labels = c("a", "b", "c", "d"), include.lowest = TRUE))
  write.csv(data.frame(code = codes, first = first, second = second, class = class), path(paste0(name, "_values.csv")),
            row.names = FALSE, quote = FALSE)
  links <- do.call(rbind, lapply(seq_along(nb), function(i) if (nb[[i]][1] > 0)
    data.frame(focal = codes[i], neighbour = codes[nb[[i]]])))
  write.csv(links, path(paste0(name, "_links.csv")), row.names = FALSE, quote = FALSE)
  attr(nb, "region.id") <- codes
  list(codes = codes, nb = nb, first = first, second = second, class = class, links = links)
}

run <- function(one) case(one$codes, one$nb, one$first, one$second, one$class)
# One figure missing (the third); one island (the second area loses its links).
lacking <- function(one) { one$first[3] <- NA; one }
cut_off <- function(one) {
  code <- one$codes[2]
  one$nb <- nb_of(one$codes, one$links[one$links$focal != code & one$links$neighbour != code, ])
  one
}

columbus <- st_read(system.file("shapes/columbus.shp", package = "spData"), quiet = TRUE)
columbus_nb <- read.gal(system.file("weights/columbus.gal", package = "spData"))
data(boston, package = "spData")
nc <- st_read(system.file("shape/nc.shp", package = "sf"), quiet = TRUE)
nc_nb <- poly2nb(nc)

cases <- list(
  columbus = write_inputs("columbus", columbus_nb, columbus$CRIME, columbus$INC),
  boston = write_inputs("boston", boston.soi, boston.c$CMEDV, boston.c$LSTAT),
  nc = write_inputs("nc", nc_nb, 1000 * nc$SID74 / nc$BIR74, 1000 * nc$SID79 / nc$BIR79))
kalimantan <- read.csv(path("kalimantan_values.csv"), colClasses = c(code = "character", class = "character"), na.strings = "")
links <- read.csv(path("kalimantan_links.csv"), colClasses = "character")
cases$kalimantan <- list(codes = kalimantan$code, nb = nb_of(kalimantan$code, links), first = kalimantan$first,
                         second = kalimantan$second, class = kalimantan$class, links = links)

results <- list(versions = list(R = R.version.string, spdep = as.character(packageVersion("spdep")),
                                sf = as.character(packageVersion("sf")), spData = as.character(packageVersion("spData"))))
for (name in names(cases)) {
  results[[name]] <- run(cases[[name]])
  results[[paste0(name, "_missing")]] <- run(lacking(cases[[name]]))
  results[[paste0(name, "_island")]] <- run(cut_off(cases[[name]]))
}
write_json(results, path("spdep.json"), digits = NA, auto_unbox = TRUE)
