"""Charts drawn by the server: the same SVG in a page and on paper, readable without colour, with their table.

Places and lengths are counted exactly and become whole drawing units at the end. What is drawn is plain data (lines,
rectangles, texts, marks); ``templates/components/charts/drawing.svg`` writes it down, ``{% chart %}`` puts the title
above it and the table behind it.
"""

from common.charts.bars import bar_chart, grouped_bars, histogram
from common.charts.drawing import Chart
from common.charts.lines import line_chart

__all__ = ["Chart", "bar_chart", "grouped_bars", "histogram", "line_chart"]
