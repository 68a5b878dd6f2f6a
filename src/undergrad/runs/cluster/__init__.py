"""Seeds on several machines: a seed runs as a chain of slices that are stopped and resumed.

access     the file that opens a cluster: its address, its certificate, its key
proof      what a worker proves before it gets work: the same code, the same arithmetic
nodes      the processes of a cluster: its scheduler, its workers
client     a connection to it, and the workers that fit a run
slices     one slice: a worker trains a seed for half a minute and returns its files
training   the seeds of a run, slice by slice, until all are judged

A run folder on this machine is the only truth. A worker gets the files of a seed, trains in a
scratch folder and returns them; the client keeps them and submits the next slice. So a worker that
dies costs one slice, and the result is that of one machine, bit for bit.

All of it needs the extra `cluster`; nothing outside of this package imports Dask.
"""
