"""Generated values for the protocol's own members: ids, tokens, versions, cursors, keys, headers, names, arguments."""
