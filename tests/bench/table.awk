# Puts the figures of the first file between the markers of the second one.
FNR == 1 { file++ }
file == 1 {
    if (!($1 in seen)) { seen[$1] = 1; goals[++goal_count] = $1 }
    if (!($2 in sized)) { sized[$2] = 1; sizes[++size_count] = $2 }
    cell[$1, $2] = /skipped/ ? "skipped" : $3 ($5 == "-" ? "" : ", " $5) ($7 == "MISS" ? " **MISS**" : "")
    if ($7 == "PASS") pass++
    if ($7 == "MISS") miss++
    next
}
/<!-- bench -->/ { print; print_table(); inside = 1; next }
/<!-- \/bench -->/ { inside = 0 }
!inside { print }
function print_table(    i, k, line) {
    printf "Measured %s on %s: %d goals met, %d missed.\n\n", date, machine, pass, miss
    line = "| subject, ratio to baseline |"
    for (k = 1; k <= size_count; k++) line = line " " sizes[k] " |"
    print line
    line = "|---|"
    for (k = 1; k <= size_count; k++) line = line "--:|"
    print line
    for (i = 1; i <= goal_count; i++) {
        line = "| " goals[i] " |"
        for (k = 1; k <= size_count; k++) line = line " " cell[goals[i], sizes[k]] " |"
        print line
    }
}
