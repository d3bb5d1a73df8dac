"""Take a tenant from one database of the cluster list to another: closed, copied, compared, switched."""
