package svg

// Style holds the colours, for light and dark, and the classes that the pictures use.
const Style = `:root{--ink:#18202b;--soft:#5a6573;--rule:#dfe3e8;--paper:#fff;--panel:#f5f7f9;` +
	`--s1:#2866c8;--s2:#d9731a;--s3:#16896a;--s4:#a8408f;--s5:#8c6a12;--s6:#7b8797}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#9aa6b4;--rule:#333c48;--paper:#14181e;--panel:#1b2129;` +
	`--s1:#6ea4ff;--s2:#f29a4b;--s3:#45c49c;--s4:#dc85c7;--s5:#d1ac4d;--s6:#8794a6}}
svg.m{display:block;max-width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;font-variant-numeric:tabular-nums}
.m text{fill:var(--ink)}.m .soft{fill:var(--soft)}.m .b{font-weight:600}.m .sm{font-size:10.5px}
.m .e{text-anchor:end}.m .c{text-anchor:middle}.m .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.m .rule{stroke:var(--rule);fill:none}.m .axis{stroke:var(--soft);fill:none}.m .track{fill:var(--panel)}.m .box{fill:var(--panel);stroke:var(--rule)}
.m .whisker{stroke:var(--ink);stroke-width:1.5;fill:none}.m .edge{stroke:var(--s6);fill:none;opacity:.55}.m .head{fill:var(--s6)}.m .ink{fill:var(--ink)}
.m .s1{fill:var(--s1)}.m .s2{fill:var(--s2)}.m .s3{fill:var(--s3)}.m .s4{fill:var(--s4)}.m .s5{fill:var(--s5)}.m .s6{fill:var(--s6)}
.m .l{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.m .l1{stroke:var(--s1)}.m .l2{stroke:var(--s2)}.m .l3{stroke:var(--s3)}.m .l4{stroke:var(--s4)}.m .l5{stroke:var(--s5)}.m .l6{stroke:var(--s6)}
`

const tones = 6

// tone is the class of the i-th series.
func tone(prefix string, i int) string { return prefix + string(rune('1'+i%tones)) }
