"""The language server: an editor's buffers in; diagnostics, fixes and rules to read out.

The protocol lives on the event loop and nowhere waits for an analysis: those run one after the
other in threads of their own. ``features`` answers the messages, ``language_server`` holds what is
known of the buffers, ``schedule`` says when to analyse, ``projects`` analyses, ``answers`` says
what an analysis starts from; the rest turns what was found into what the protocol speaks of. Needs
pygls, an optional extra.
"""
