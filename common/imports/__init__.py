"""Files of offices into the database: checked whole, shown before they are written, taken back as a whole.

An app describes its kind of file as an ``ImportKind`` in its ``importers.py`` and registers it::

    register(StaffImport())

``check`` works column by column on the whole file, ``apply`` writes sets (``bulk.upsert``). The
wizard, the command ``import_table`` and the jobs are the same for every kind.
"""
