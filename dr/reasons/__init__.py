"""Why a call failed: what AWS answered, or what the network did instead."""
