"""Reading tables out of strangers' files: XLSX, XLS, XLSB, ODS, CSV, and HTML that calls itself XLS.

``reader.read_workbook`` has limits checked and the file parsed in a child process with little
memory and time, and gives back text only; ``headers.find_table`` finds a described table in it.
``parsing``, ``formats``, ``limits``, ``text_tables`` and ``workbooks`` run inside that child and
import nothing of Django; therefore nothing is imported here.
"""
