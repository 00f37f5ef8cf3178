"""Whole clusters whose parts are killed, stopped and robbed of their data; started as those of test/cluster."""
import importlib.util
import os
import sys

CLUSTER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cluster")
sys.path.insert(0, CLUSTER)
spec = importlib.util.spec_from_file_location("cluster_conftest", os.path.join(CLUSTER, "conftest.py"))
cluster_conftest = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cluster_conftest)

Cluster = cluster_conftest.Cluster
CTL = cluster_conftest.CTL
start_cluster = cluster_conftest.start_cluster
