"""The learning system of one tenant: small apps, top to bottom.

learning > catalog > people > mail | audit > jobs > ui > access
"""
