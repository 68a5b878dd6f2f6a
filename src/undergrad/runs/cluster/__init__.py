"""Seeds on several machines: a seed runs as a chain of slices that are stopped and resumed.

access     the file that opens a cluster: its address, its certificate, its key
proof      what a worker proves before it gets work: the same code, the same arithmetic
nodes      the processes of a cluster: its scheduler, its workers
client     a connection to it, and the workers that fit a run
job        what is out on the cluster, and what came back
slices     one slice: a worker trains a seed for half a minute and returns its files
fence      the same in the sandbox of the worker, for a slice with a learner's code in it
training   the seeds of a run, slice by slice, until all are judged
shards     a seed that learns here, while its self-play is played on the cluster

A run folder on this machine is the only truth. A worker gets the files of a seed, trains in a
scratch folder and returns them; the client keeps them and submits the next slice. So a worker that
dies costs one slice, and the result is that of one machine, bit for bit.

All of it needs the extra `cluster`; nothing outside of this package imports Dask.
"""
