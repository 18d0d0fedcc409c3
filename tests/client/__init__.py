"""Tests of the client for apps."""
