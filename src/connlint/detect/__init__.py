"""The standard that the code already follows.

In: the modules of a project, not linked yet, under the standard that was given. Out: the assumed
``Standard`` and the reason for each choice. ``connlint init`` writes it down; a run without
configuration is held against it.

``uses`` resolves who mentions what, ``sources`` finds what makes sessions, ``search`` follows it to
the functions that hand them out. ``groups`` puts together the modules that share engines,
``databases`` says where those go, ``standing`` which modules own the database. The rest turns that
into settings.
"""
