"""Models as plain files, for programs that know nothing of this one."""
