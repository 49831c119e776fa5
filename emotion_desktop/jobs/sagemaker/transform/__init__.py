"""The verb “transform”: more photos than one machine should classify, by a model in the cloud.

Photos of this computer are looked at here, by the one preprocessing, and only the faces are sent.
Photos that lie in S3 already are classified as they lie there: whole, since nobody looks for faces.
No endpoint is made: the machines are there for the job, and gone with it.
"""
