"""Where the marks of a chart stand, worked out on the server; templates only draw them.

Across, everything is in percent of the width, so that a chart flows without a script; down, in
pixels, so that letters keep their size. Lines and areas stand in a nested viewBox of 100 × 100
that is stretched. Lengths leave here as text ready for SVG ("62.5%"), so that no locale can put
a comma into them.
"""
