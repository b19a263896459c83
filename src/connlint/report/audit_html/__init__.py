"""An audit view in, one HTML page that needs no other file out: ``page`` renders, ``anchors`` name
what links lead to, ``source`` and ``highlight`` show code, ``charts`` and ``summary`` draw numbers;
``templates`` holds the markup, the style sheet and the scripts."""
