"""Swift source with comments and string literals blanked, so that words are searched in code alone."""

import re

_TOKEN = re.compile(r'//|/\*|#*"""|#*"')


def code_only(text):
    """The text with the same lines and columns, where comments and literals are spaces. Interpolations are blanked too."""
    out = []
    position = 0
    while match := _TOKEN.search(text, position):
        out.append(text[position : match.start()])
        end = _end(text, match)
        out.append(re.sub(r"[^\n]", " ", text[match.start() : end]))
        position = end
    out.append(text[position:])
    return "".join(out)


def _end(text, match):
    token = match.group()
    if token == "//":
        newline = text.find("\n", match.end())
        return len(text) if newline < 0 else newline
    if token == "/*":
        return _end_of_block_comment(text, match.end())
    return _end_of_literal(text, match.end(), token)


def _end_of_block_comment(text, position):
    depth = 1
    while depth:
        mark = re.compile(r"/\*|\*/").search(text, position)
        if not mark:
            return len(text)
        depth += 1 if mark.group() == "/*" else -1
        position = mark.end()
    return position


def _end_of_literal(text, position, opening):
    """Ends at the closing quotes with as many `#`; skips escapes and the parentheses of interpolations."""
    hashes = "#" * (len(opening) - len(opening.lstrip("#")))
    quotes = opening[len(hashes) :]
    closing = quotes + hashes
    escape = "\\" + hashes
    while position < len(text):
        if text.startswith(escape + "(", position):
            position = _end_of_interpolation(text, position + len(escape) + 1)
        elif text.startswith(escape, position):
            position += len(escape) + 1
        elif text.startswith(closing, position):
            return position + len(closing)
        elif quotes == '"' and text[position] == "\n":
            return position
        else:
            position += 1
    return len(text)


def _end_of_interpolation(text, position):
    depth = 1
    while position < len(text) and depth:
        literal = re.compile(r'#*"""|#*"').match(text, position)
        if literal:
            position = _end_of_literal(text, literal.end(), literal.group())
            continue
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        position += 1
    return position
