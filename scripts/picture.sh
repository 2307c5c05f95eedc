#!/usr/bin/env bash
# Draws a rename, a rotation and a rollback as a terminal shows them, from what the demo printed into a file:
# demo-light.svg and demo-dark.svg. Identifiers and ports, which differ from run to run, are left out.
#
#   scripts/picture.sh OUTPUT_OF_THE_DEMO DIRECTORY
set -euo pipefail
# The same widths everywhere: a character more or less is counted in bytes.
export LC_ALL=C
output=$1 directory=$2

# Of three steps: the title, the lines of the configuration that change, the commands, what the plan says of
# single attributes, and the outcome.
scenes() {
    awk '
        /^▸ / { shown = /^▸ (Rename it|The image registry has a new password|Roll back with one line)/ }
        !shown || /currentversionid/ { next }
        /^▸ / { print (seen++ ? "\n" : "") $0 }
        /^[-+] / || /^the environment$/ || /^main\.tf$/ { print "  " $0 }
        /^\$ terraform apply/ || /^      [-+~] / || /^Apply complete!/ || /deployed with version/ { print }
    ' "$output"
}

# Colours: paper, frame, text, title, pale, added, removed, changed.
draw() {
    scenes | awk -v colours="$1" '
        BEGIN { split(colours, colour, " ") }
        { line[NR] = $0; if (length($0) > widest) widest = length($0) }
        function kind(text) {
            if (text ~ /^▸ /) return "title"
            if (text ~ /^\$ / || text ~ /^  (main\.tf|the environment)$/) return "pale"
            if (text ~ /^ +\+ /) return "added"
            if (text ~ /^ +- /) return "removed"
            if (text ~ /^ +~ /) return "changed"
            return "text"
        }
        END {
            width = 40 + widest * 8.43; height = 32 + NR * 20
            printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n", width, height, width, height
            print "<title>A rename, a rotation and a rollback in a terminal</title>"
            print "<style>"
            print "text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, \"Liberation Mono\", monospace; white-space: pre; }"
            printf ".text { fill: %s } .title { fill: %s; font-weight: 600 } .pale { fill: %s }\n", colour[3], colour[4], colour[5]
            printf ".added { fill: %s } .removed { fill: %s } .changed { fill: %s }\n", colour[6], colour[7], colour[8]
            print "</style>"
            printf "<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\" fill=\"%s\" stroke=\"%s\"/>\n", width - 1, height - 1, colour[1], colour[2]
            for (n = 1; n <= NR; n++) {
                if (line[n] == "") continue
                text = line[n]
                gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text)
                printf "<text class=\"%s\" x=\"20\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", kind(line[n]), 16 + n * 20, text
            }
            print "</svg>"
        }'
}

mkdir -p "$directory"
draw '#ffffff #d0d7de #1f2328 #0969da #59636e #1a7f37 #cf222e #9a6700' >"$directory/demo-light.svg"
draw '#0d1117 #3d444d #f0f6fc #4493f8 #9198a1 #3fb950 #f85149 #d29922' >"$directory/demo-dark.svg"
