#!/usr/bin/env bash
# Make a data folder as a user of the release 97bd238 had it, with a page of an atlas built from it, and pack them:
#   tests/data/data_folder_97bd238.sh CHECKOUT tests/data/data_folder_97bd238.tar.xz
#   kkbgeo data seal tests/data/data_folder_97bd238.tar.xz
# CHECKOUT is a clone at 97bd238 that its own `make` has set up. It was run once, before any column changed: every later
# release must read, check and build what is in the archive (tests/test_old_data_folder.py). The figures that are brought
# in are made up, and so are the boundaries.
set -euo pipefail
checkout=$(realpath "$1") packed=$(realpath "$2")
PATH=$checkout/.venv/bin:$PATH
work=$(mktemp -d)
cd "$work"
git -C "$checkout" archive 97bd238 data | tar --extract
export KKBGEO_DATA=data # a whole path would stand in the report of the boundaries
mkdir sheets

# Places that a person decided on: a village, and none.
cat >sheets/places.csv <<'END'
Provinsi;Kabupaten;Kecamatan;Desa/Kelurahan
Kalimantan Selatan;Balangan;Awayan;Bihara Hli
Kalimantan Selatan;Balangan;Halong;Kantor Camat
END
kkbgeo resolve sheets/places.csv --out coded.csv --review review.csv
sed -i -e '/Bihara Hli/ s/,,$/,63.11.03.2016,asked by telephone/' -e '/Kantor Camat/ s/,,$/,-,an office and no village/' review.csv
kkbgeo resolve --learn review.csv

cat >sheets/kampung.csv <<'END'
REKAPITULASI KAMPUNG KB
KABUPATEN BALANGAN
KEADAAN PER 30 JUNI 2025

No;Kecamatan;Desa/Kelurahan;Klasifikasi
1;Awayan;Pudak;Mandiri
2;Awayan;Bihara Hli;Dasar
3;Awayan;Badalungga;Paripurna
4;Halong;Binju;Berkembang
5;Halong;Kapul;
END
kkbgeo import sheets/kampung.csv --kind kampung --source "Kantor contoh Balangan"

# Boundaries of every regency, and of the villages of one: the embedded cells with fewer corners.
python - <<'END'
import geopandas as gpd
import shapely

for level, layer, within, tolerance in (("regency", "kabupaten", "", 0.02), ("village", "desa", "63.11", 0.003)):
    areas = gpd.read_parquet(f"data/boundaries/approximate-2025/{level}.parquet")
    areas = areas[areas["code"].str.startswith(within)]
    drawn = shapely.coverage_simplify(areas.geometry.to_numpy(), tolerance)
    columns = {"kode": areas["code"].to_list(), "nama": areas["name"].to_list()}
    gpd.GeoDataFrame(columns, geometry=drawn, crs=4326).to_file("boundaries.gpkg", layer=layer)
END
kkbgeo boundaries import boundaries.gpkg --id contoh-2025 --provider "Kantor contoh" --licence CC0 --date 2025

# One page of the atlas; what is imported after it is not on it yet.
kkbgeo atlas --only 63.11 --no-briefs --out atlas

cat >sheets/counts.csv <<'END'
JUMLAH KAMPUNG KB PER KECAMATAN
KABUPATEN BALANGAN
KEADAAN PER 30 JUNI 2025

Kecamatan;Jumlah;Dasar;Berkembang;Mandiri;Berkelanjutan
Juai;12;6;4;2;0
Halong;14;9;3;1;1
Awayan;13;8;3;1;1
Batu Mandi;11;7;3;1;0
Lampihong;16;10;4;1;1
Paringin;9;3;3;2;1
Paringin Selatan;10;6;2;1;1
Tebing Tinggi;7;5;2;0;0
Jumlah;92;54;24;9;5
END
kkbgeo import sheets/counts.csv --kind counts --source "Kantor contoh Balangan"
kkbgeo data check

tar --create --exclude='.*lock' --sort=name --mtime='2026-11-30 00:00Z' --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX data atlas sheets | xz -9e >"$packed"
rm -r "$work"
