# setting: the law of one prompt as plain data, and what follows from that data alone. All three roads read it.
lsa_module(setting
    SOURCES setting.c covariance.c strata.c
    LINK lsa_base)
