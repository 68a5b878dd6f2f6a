"""A class: what learners send of their histories, where it is kept, and what a teacher sees.

    view        the allow-list: what of an event leaves a learner's machine
    message     a push as bytes, signed; the same bytes over the network and in a file
    invitation  the code that a learner joins with
    folder      a class's folder: its settings, its key
    marks       the roster, and marks as CSV
    summary     where one learner stands in one unit, made from events one by one
    database    SQLite or PostgreSQL behind one `execute`
    tables      the statements that make them and write to them
    store       one append-only table, one hash chain per learner
    board       what a teacher sees, from the summaries
    collect     pushes as files
    certificate of the server, made once
    client      the learner's side: join, push, leave
    connection  to the server that the code names, and to no other
    server      the teacher's side of the network
    regrade     the code that was handed in, checked on the teacher's side; only this counts
    on_cluster  the same on the workers of a cluster

A push is a union by uuid, so it may be repeated at any time. Nothing here needs a network but
`connection`, `server` and `on_cluster`, and nothing needs an extra but the server's certificate,
PostgreSQL and a cluster.
"""
