# > **Make it yours.** Passages like this one say what to replace. Change one at a time, run
# > everything again, and run `undergrad capstone check .` to see what still holds. When the last
# > of them is gone, the project is your own.
