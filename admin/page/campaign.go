package page

import "loaxa/admin/route"

func (p *Pages) campaignRoutes() []route.Route { return nil }
