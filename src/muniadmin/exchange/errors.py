"""Refusals about files: each says in one sentence what is wrong with the file, and what to do."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class FileUnusable(UserError):
    """The file cannot be imported at all; nothing was changed."""

    message = N_("{file} cannot be imported.")
    hint = N_("Nothing was changed. Check the file and try again.")


class FileUnreadable(FileUnusable):
    """The operating system does not hand the file over."""

    message = N_("{file} cannot be read: {reason}.")


class FileEmpty(FileUnusable):
    """The file holds no line of data."""

    message = N_("{file} is empty.")
    hint = N_("Choose a file with a line of column names and at least one line of data.")


class FileNotText(FileUnusable):
    """The file is no table: a picture, a program, a document."""

    message = N_("{file} is not a table of text.")
    hint = N_("Save it as CSV or XLSX and choose that file. Nothing was changed.")


class FileTruncated(FileUnusable):
    """A compressed file ends before its end or does not unpack."""

    message = N_("{file} is damaged: it does not unpack to its end.")
    hint = N_("Fetch the file again. Nothing was changed.")


class WorkbookUnreadable(FileUnusable):
    """An XLSX file that does not open."""

    message = N_("{file} cannot be opened as a workbook.")
    hint = N_("Open it in your spreadsheet program and save it as XLSX or CSV. Nothing was changed.")


class OldWorkbook(FileUnusable):
    """A workbook of the old kind."""

    message = N_("{file} is a workbook of the old kind (.xls).")
    hint = N_("Open it in your spreadsheet program and save it as XLSX or CSV.")


class HeaderMissing(FileUnusable):
    """The first line does not name at least two columns."""

    message = N_("The first line of {file} does not name its columns.")
    hint = N_("Put the names of the columns into the first line, for example: name, phone, address.")


class ColumnTwice(FileUnusable):
    """Two columns have the same name."""

    message = N_("{file} has two columns called “{column}”.")
    hint = N_("Rename one of them. Nothing was changed.")


class QuoteNeverClosed(FileUnusable):
    """One field swallows the rest of the file: usually a quotation mark that is never closed."""

    message = N_("{file}, line {line}: a field is far too long.")
    hint = N_("Look there for a quotation mark that is never closed. Nothing was changed.")


class RecordUnreadable(FileUnusable):
    """A line of a file of records is not one."""

    message = N_("{file}, line {line}: this is not a record in JSON.")
    hint = N_("Have the file written anew by the program it comes from. Nothing was changed.")


class FileTooBig(FileUnusable):
    """More than any roll holds."""

    message = N_("{file} unpacks to more than {limit} megabytes.")
    hint = N_("Split it into several files.")


class ColumnsNotRecognised(FileUnusable):
    """No column says how taxpayers are called, or what tells one line from another."""

    message = N_("The columns of {file} are not recognised: nothing says what the {field} is.")
    hint = N_("Say which column is which, or choose the layout of the file.")


class ColumnMissing(FileUnusable):
    """A mapping or preset asks for a column that the file does not have."""

    message = N_("{file} has no column called “{column}”.")
    hint = N_("Choose the layout that belongs to this file, or say anew which column is which.")


class LayoutUnknown(FileUnusable):
    """No layout of this name is shipped."""

    message = N_("There is no layout “{layout}”.")
    hint = N_("Choose one of: {known}.")


class RejectsNotWritable(FileUnusable):
    """The file of rejected lines cannot be written."""

    message = N_("The file of rejected lines cannot be written: {reason}.")
    hint = N_("Choose another folder, then import the file again.")


class NotWritable(UserError):
    """The file cannot be written where it was asked for."""

    message = N_("{file} cannot be written: {reason}.")
    hint = N_("Choose another folder or name, or close the program that has the file open.")


class TooManyRows(UserError):
    """More rows than a sheet of a workbook holds, or than anybody would carry home on paper."""

    message = N_("The list has more than {most} rows: that is too long for this kind of file.")
    hint = N_("Narrow the list by its search and filters, or export it as CSV.")


# --- reasons a single line is rejected -----------------------------------------------------------------------------


class WrongNumberOfFields(UserError):
    """A line with more or fewer fields than there are columns; it is never shifted into place."""

    message = N_("{found} fields where {expected} are expected.")
    hint = N_("Look for a separator inside a field that is not in quotation marks.")


class ValueMissing(UserError):
    """A required value is empty."""

    message = N_("The {field} is missing.")
    hint = N_("Fill it in.")


class ValueWrong(UserError):
    """A value that does not fit its field; ``reason`` says why."""

    message = N_("{field}: {reason}")
    hint = N_("Correct it.")


class KeyTwice(UserError):
    """Two lines of a file are the same thing."""

    message = N_("“{key}” was already in line {line}.")
    hint = N_("Keep one of the two.")
