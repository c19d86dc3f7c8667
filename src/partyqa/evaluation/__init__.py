"""The evaluation suite, in the order in which a question passes through it.

load (own, squad, beir, lines -> datasets), retyping, systems (recipe), runs, scoring, summary (statistics),
comparison, then the reports: terminal, html (plots, markup), markdown, trec; glossary has their words,
`choices` what the command line lets one choose. `suite` is all of it in one call.
"""
